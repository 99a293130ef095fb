const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** `3 days`, `1 hour`, `12 seconds`: in the largest unit that it fills, rounded down. */
export function spanText(spanMs: number): string {
  const [unit, ms] = units.find(([, unitMs]) => spanMs >= unitMs) ?? ['second', 1_000]
  const count = Math.floor(spanMs / ms)
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}
