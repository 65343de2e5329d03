// Size and seed of this run of the laboratory, for runs with and without a browser.

/** `gate`: small; without a browser it is part of npm test. `full`: up to hours, its rows go into docs/reliability.md. */
export const size: 'gate' | 'full' = process.env['LAB_SIZE'] === 'full' ? 'full' : 'gate'

/** Of this run; the same number gives the same schedule. */
export const seed = Number(process.env['SEED'] ?? 20_261_123)

/** Part of the full size that is run, 0 to 1: for a first look. Counts say what really ran. */
export const share = Number(process.env['LAB_SHARE'] ?? 1)
