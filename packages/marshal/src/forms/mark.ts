/** Key of the dicts that stand for what marshal has no type for. A dict of the user's own that has it is escaped. */
export const MARK = '__formatlab__';
