/** Whatever the order of live copies, carbons, echoes, receipts, reloads, cuts and pages: in the end stands what the archive says, once. */
import { it } from 'vitest'
import { assertConfluent } from './stage/interleaving.ts'

// A hundred lives here; tests/lab/wire/confluence.lab.ts lives many more.
it('is confluent', { timeout: 60_000 }, () => assertConfluent(100, Number(process.env['BESEDKA_SEED'] ?? 7)))
