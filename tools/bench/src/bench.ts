import type { Results } from './results.js'

/** The results of one case in one round. Times depend on the machine: compare them only within a round. */
export interface Measurement {
  operations: number
  perSecond: number
  /** CPU time of the process under test per operation, user and system, in microseconds. */
  cpuUs: number
  p50Us: number
  p95Us: number
  p99Us: number
  /** The peak memory of the process under test since its start. */
  peakRssMb: number
}

export type Metric = keyof Measurement

/** A case whose processes are running. */
export interface OpenCase {
  measure(durationMs: number): Promise<Measurement>
  close(): Promise<void>
}

/** `limit` is what no program of this kind can beat, `peer` what a team would use otherwise. */
export type Role = 'limit' | 'peer' | 'ours'

export interface BenchCase<World> {
  name: string
  role: Role
  /** What it does, so that a reader can judge whether the comparison is fair. */
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
  /** One operation of the case. */
  unit: string
  roundMs: number
  /**
   * How many instances of each case are opened, 1 by default; rounds use them in turn. Processes of one program differ by up to a fifth for their whole
   * life, depending on what their compilers made of the first seconds, so a single process is a random sample and not a measurement.
   */
  instances?: number
  warmUpMs: number
  /**
   * Milliseconds of unmeasured work before each round, 0 by default. While the other cases have their turn, V8 shrinks the young generation of an idle process
   * from 128 MB to 8, and under load it takes about a second to grow it again, during which a request costs a sixth more.
   */
  leadInMs?: number
  /** The case and the metric by which the noise of the machine is judged. */
  steady: { case: string; metric: Metric }
  cases: readonly BenchCase<World>[]
  goals: readonly Goal[]
  /** Figures that are printed but not judged. */
  remarks?: (results: Results) => string[]
  /** Why the bench cannot run here. */
  missing?: () => string | undefined
  openWorld(): Promise<World>
}

/** Hides the type of the world, so that one list can hold all benches. */
export const bench = <World extends SharedWorld>(definition: Bench<World>): Bench => definition as unknown as Bench
export const noWorld = async (): Promise<SharedWorld> => ({ close: async () => undefined })
