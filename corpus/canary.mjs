// What tells that a text was more than text: a host that nobody may ask, and a property that only running code can set.

/** Reserved by RFC 2606: it never resolves, and a request for it can still be seen. */
export const host = 'canary.hostile-text.invalid'

/** Of `window`. */
export const property = 'hostileTextRan'

/** The code that all scripts in here would run. */
export const run = `window.${property}=1`
