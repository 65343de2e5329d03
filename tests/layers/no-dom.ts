// Part of the engine's type check only: it fails there when a dependency's types bring the page or Node into scope.

// @ts-expect-error no page in the engine
export type HasDocument = typeof document
// @ts-expect-error no Node in the engine
export type HasProcess = typeof process
