export function whenNpmEnds(ended: () => void): void
