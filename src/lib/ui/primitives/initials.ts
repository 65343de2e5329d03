/** What stands in an avatar without a picture: one or two letters of a name. */

const letter = /\p{L}|\p{N}|\p{Extended_Pictographic}/u
/** Letters of these scripts join: two of them would read as a word. */
const joined = /\p{Script=Arabic}|\p{Script=Syriac}/u

/** First letters of the first and the last word, in upper case; of an address those of its local part. Empty where there is no letter. */
export function initialsOf(name: string): string {
  const at = name.indexOf('@')
  const words = (at > 0 ? name.slice(0, at) : name).split(/[\s._\-+]+/u).flatMap((word) => {
    const first = [...new Intl.Segmenter().segment(word)].find(({ segment }) => letter.test(segment))
    return first ? [first.segment] : []
  })
  const first = words[0] ?? ''
  const last = words.length > 1 && !joined.test(first) ? (words.at(-1) ?? '') : ''
  return (first + last).toLocaleUpperCase()
}
