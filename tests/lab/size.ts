// Size and seed of this run of the laboratory, for runs with and without a browser.

/** `gate`: part of npm test. `full`: up to hours, its rows go into docs/reliability.md. */
export const size: 'gate' | 'full' = process.env['LAB_SIZE'] === 'full' ? 'full' : 'gate'

/** Of this run; the same number gives the same schedule. */
export const seed = Number(process.env['SEED'] ?? 20_261_123)
