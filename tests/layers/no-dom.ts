// Part of the engine's type check only: it fails there as soon as a dependency's types bring the page into scope.

// @ts-expect-error no page in the engine
export type HasDocument = typeof document
