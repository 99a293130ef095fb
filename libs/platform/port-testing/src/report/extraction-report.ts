import type { Implementation } from '@kilomega/messaging'
import type { AnyPort } from '@kilomega/ports'
import { type GeneratedCall, generatedCalls } from '../generated/generated-calls.js'
import { vocabulary } from '../generated/vocabulary.js'
import { anyStandIn } from './any-stand-in.js'
import { CallComparison, type Compared, type Difference, SeenIds } from './compare-calls.js'
import { comparePatience } from './compare-patience.js'
import { openWorlds } from './report-world.js'

export interface ExtractionOptions {
  /** Number of generated calls; repeats and impatient callers are added to them. */
  calls: number
  /** The same seed gives the same calls. */
  seed: number
  /** Ports of the system; the module may call all but its own. */
  ports: readonly AnyPort[]
  onProgress?: (done: number, of: number) => void
}

export interface Latency {
  local: number
  remote: number
}

export interface ExtractionReport {
  module: string
  /** All calls that were compared, each made in both worlds. */
  calls: number
  differences: number
  /** The first difference of each operation and kind, then others until there are three. */
  samples: Difference[]
  /** Calls by outcome: `answered`, or the code of an error. */
  outcomes: Record<string, number>
  p50Ms: Latency
  p95Ms: Latency
  repeats: number
  impatient: number
  seed: number
}

/** Every tenth call is made again under its key if it is a command. */
const repeatEvery = 10
const impatientCalls = 12
/** At least, where so many differ. */
const samplesShown = 3

/**
 * Proves that a module gives the same answers within the process and over NATS from its own process. Makes the same generated calls over two equally seeded
 * databases, and compares values, errors, deadlines, cancellation and repeats. Needs a nats-server on this machine.
 */
export async function extractionReport(
  implementation: Implementation,
  { calls, seed, ports, onProgress }: ExtractionOptions,
): Promise<ExtractionReport> {
  const { port } = implementation
  const others = ports.filter(({ portName }) => portName !== port.portName).map(anyStandIn)
  const worlds = await openWorlds(implementation, others, seed)
  try {
    const comparison = new CallComparison(port, worlds)
    const compared: Compared[] = []
    const ids = new SeenIds()
    const generated = generatedCalls(port, calls, { seed, vocabulary })
    for (const [index, one] of generated.entries()) {
      const call = { ...one, input: ids.into(one.input, index) }
      const result = await comparison.compare('a call', call)
      compared.push(result)
      ids.note(result.local)
      if (index % repeatEvery === 0 && mayRepeat(port, call)) compared.push(await comparison.compare('a repeat', call))
      if (index % 50 === 0) onProgress?.(index, calls)
    }
    const patience = await comparePatience(port, worlds, callsForPatience(compared))
    return summary(implementation.name, { compared, patience, seed, generated: calls })
  } finally {
    await Promise.all(worlds.map((world) => world.close()))
  }
}

const mayRepeat = ({ operations }: AnyPort, { operation }: GeneratedCall): boolean =>
  operations[operation]!.kind === 'command' && operations[operation]!.repeat !== 'never'

/** Calls that reach the tables, so that a lock on the tables holds them up: one for each operation that was answered. */
function callsForPatience(compared: readonly Compared[]): GeneratedCall[] {
  const answered = new Map<string, GeneratedCall>()
  for (const { call, local } of compared) if ('value' in local) answered.set(call.operation, { ...call, key: `${call.key}-impatient` })
  return [...answered.values()].slice(0, impatientCalls)
}

interface Findings {
  compared: readonly Compared[]
  patience: { calls: number; differences: Difference[] }
  seed: number
  generated: number
}

function summary(module: string, { compared, patience, seed, generated }: Findings): ExtractionReport {
  const differences = [...compared.flatMap(({ difference }) => difference ?? []), ...patience.differences]
  const outcomes: Record<string, number> = {}
  for (const { local } of compared) outcomes[nameOf(local)] = (outcomes[nameOf(local)] ?? 0) + 1
  return {
    module,
    calls: compared.length + patience.calls,
    differences: differences.length,
    samples: samplesOf(differences),
    outcomes,
    p50Ms: latency(compared, 0.5),
    p95Ms: latency(compared, 0.95),
    repeats: compared.length - generated,
    impatient: patience.calls,
    seed,
  }
}

function samplesOf(differences: readonly Difference[]): Difference[] {
  const groups = Map.groupBy(differences, ({ what, call }) => `${what} ${call.operation}`)
  const firsts = [...groups.values()].map(([first]) => first!)
  return [...firsts, ...differences.filter((one) => !firsts.includes(one)).slice(0, Math.max(0, samplesShown - firsts.length))]
}

const nameOf = (outcome: Compared['local']): string => ('value' in outcome ? 'answered' : 'error' in outcome ? outcome.error.code : 'fault')

const latency = (compared: readonly Compared[], share: number): Latency => ({
  local: quantile(
    compared.map(({ tookMs }) => tookMs.local),
    share,
  ),
  remote: quantile(
    compared.map(({ tookMs }) => tookMs.remote),
    share,
  ),
})

function quantile(values: number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  return Math.round((sorted[Math.floor((sorted.length - 1) * share)] ?? 0) * 1_000) / 1_000
}
