/** What stands in an avatar without a picture: one or two letters of a name. */

const letter = /\p{L}|\p{N}|\p{Extended_Pictographic}/u
/** Letters of these scripts join: two of them would read as a word. */
const joined = /\p{Script=Arabic}|\p{Script=Syriac}/u

const characters = new Intl.Segmenter()
/** UTF-16 units of a word that are looked at. */
const longestWord = 100
/** UTF-16 units; the longest emoji that people use has fewer. */
const longestLetter = 16

/** First letters of the first and the last word, in upper case; of an address those of its local part. Empty where there is no letter. */
export function initialsOf(name: string): string {
  const at = name.indexOf('@')
  const words = (at > 0 ? name.slice(0, at) : name).split(/[\s._\-+]+/u).flatMap((word) => {
    // A pile of marks is one letter to the segmenter; of that only what stands at the bottom fits in a circle.
    for (const { segment } of characters.segment(word.slice(0, longestWord)))
      if (letter.test(segment))
        return [segment.length > longestLetter ? String.fromCodePoint(segment.codePointAt(0)!) : segment]
    return []
  })
  const first = words[0] ?? ''
  const last = words.length > 1 && !joined.test(first) ? (words.at(-1) ?? '') : ''
  return (first + last).toLocaleUpperCase()
}
