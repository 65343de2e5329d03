// Characters by their number.

/** @param {number} code */
export const sign = (code) => String.fromCodePoint(code)

/** @param {number} from @param {number} to @returns {number[]} both included */
export const range = (from, to) => Array.from({ length: to - from + 1 }, (_, at) => from + at)
