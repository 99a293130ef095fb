/** `<yyyymmddhhmm>-<what>` of this minute in UTC, or of the minute after the last migration: they run in order of name. */
export function migrationName(what: string, last: string | undefined, now = new Date()): string {
  const after = last === undefined ? 0 : timeOf(last) + 60_000
  return `${new Date(Math.max(now.getTime(), after)).toISOString().replace(/\D/g, '').slice(0, 12)}-${what}`
}

const timeOf = (name: string): number => Date.parse(name.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d).*/, '$1-$2-$3T$4:$5Z'))
