import type { Results } from './results.js'

/** What one case showed in one round. Times are of the machine it ran on: compare them inside a round only. */
export interface Measurement {
  operations: number
  perSecond: number
  /** CPU of the process under test for one operation, user and system, microseconds. */
  cpuUs: number
  p50Us: number
  p95Us: number
  p99Us: number
  /** The most memory that the process under test has held since it started. */
  peakRssMb: number
}

export type Metric = keyof Measurement

/** A case whose processes are up. */
export interface OpenCase {
  measure(durationMs: number): Promise<Measurement>
  close(): Promise<void>
}

/** `limit` is what no program of the kind can beat, `peer` what a team would use otherwise. */
export type Role = 'limit' | 'peer' | 'ours'

export interface BenchCase<World> {
  name: string
  role: Role
  /** What it does, for whoever doubts that the comparison is fair. */
  about: string
  open(world: World): Promise<OpenCase>
}

export interface Goal {
  /** As in the list of goals: `G-a1`. */
  id: string
  what: string
  atMost?: number
  atLeast?: number
  figure(results: Results): number
}

/** What all cases of a bench share: a database, a broker. */
export interface SharedWorld {
  close(): Promise<void>
}

export interface Bench<World extends SharedWorld = SharedWorld> {
  name: string
  about: string
  /** One operation of it. */
  unit: string
  roundMs: number
  /**
   * How often each case is opened, 1 if not said; rounds go from one to the next. Processes of one program differ by up to a fifth for as long as they
   * live, by what their compilers made of the first seconds, so one process is a lot drawn and not a measurement.
   */
  instances?: number
  warmUpMs: number
  /**
   * Work before each round that does not count, 0 if not said: while the other cases have their turn, V8 takes the young generation of a process that
   * stands still from 128 MB to 8, and under load it needs about a second to have it again, in which a request costs a sixth more.
   */
  leadInMs?: number
  /** The case and metric by which the noise of the machine is judged. */
  steady: { case: string; metric: Metric }
  cases: readonly BenchCase<World>[]
  goals: readonly Goal[]
  /** Figures that are printed and not judged. */
  remarks?: (results: Results) => string[]
  /** Why it cannot run here. */
  missing?: () => string | undefined
  openWorld(): Promise<World>
}

/** So that a list of benches holds those of any world. */
export const bench = <World extends SharedWorld>(definition: Bench<World>): Bench => definition as unknown as Bench
export const noWorld = async (): Promise<SharedWorld> => ({ close: async () => undefined })
