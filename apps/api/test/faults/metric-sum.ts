import type { AppProcess } from '../app-process.js'

/** The count of a process so far: the sum over all series of a metric that have these labels. */
export async function metricSum({ internalUrl }: AppProcess, metric: string, labels: Record<string, string> = {}): Promise<number> {
  const text = await (await fetch(new URL('/metrics', internalUrl), { signal: AbortSignal.timeout(10_000) })).text()
  const wanted = Object.entries(labels).map(([name, value]) => `${name}="${value}"`)
  const series = text
    .split('\n')
    .filter((line) => (line.startsWith(`${metric}{`) || line.startsWith(`${metric} `)) && wanted.every((label) => line.includes(label)))
  return series.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
}
