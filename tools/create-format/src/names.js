/** Words that cannot name a constant of a module. */
const RESERVED = new Set(
  'abstract arguments await boolean break byte case catch char class const continue debugger default delete do double else enum eval export extends false final finally float for function goto if implements import in instanceof int interface let long native new null package private protected public return short static super switch synchronized this throw throws transient true try typeof var void volatile while with yield options facts probe encode decode'.split(
    ' ',
  ),
);

/** The spellings of a format's name; undefined where it is none. */
export function namesOf(id) {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id) || id.length > 40) return undefined;
  const camel = id.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
  return {
    id,
    constant: RESERVED.has(camel) ? `${camel}Format` : camel,
    type: camel[0].toUpperCase() + camel.slice(1),
    title: id
      .split('-')
      .map((word) => word[0].toUpperCase() + word.slice(1))
      .join(' '),
  };
}
