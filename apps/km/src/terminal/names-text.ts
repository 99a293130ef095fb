const words: Readonly<Record<string, string>> = { api: 'the API', nats: 'NATS', redis: 'Redis', postgres: 'PostgreSQL' }

/** `the API`, `media, search and worker`. */
export function namesText(processes: readonly { name: string }[]): string {
  const names = processes.map(({ name }) => words[name] ?? name.replace('postgres', 'PostgreSQL'))
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
