/** What our files say of who wrote them: their page checksums are known to be right. */
export const CREATED_BY = 'formatlab';
