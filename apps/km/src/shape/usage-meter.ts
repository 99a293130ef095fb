import { readdirSync, readFileSync } from 'node:fs'

export interface Usage {
  /** In percent of one core. */
  cpuPercent: number
  memoryMb: number
}

/** USER_HZ, the unit in which Linux reports times to programs. */
const ticksPerSecond = 100

interface Sample {
  parent: number
  ticks: number
}

/** Processor time and memory of processes and all their descendants, from one reading to the next; read from /proc, so on Linux only. */
export class UsageMeter {
  private before = new Map<number, Sample>()
  private beforeMs = performance.now()

  /** By process id; a process that cannot be read has no entry. */
  read(pids: readonly number[]): Map<number, Usage> {
    const [now, nowMs] = [samples(), performance.now()]
    const seconds = (nowMs - this.beforeMs) / 1_000
    const usages = pids.filter((pid) => now.has(pid)).map((pid) => [pid, this.usageOf(family(pid, now), now, seconds)] as const)
    ;[this.before, this.beforeMs] = [now, nowMs]
    return new Map(usages)
  }

  private usageOf(pids: readonly number[], now: ReadonlyMap<number, Sample>, seconds: number): Usage {
    const ticks = pids.map((pid) => now.get(pid)!.ticks - (this.before.get(pid)?.ticks ?? now.get(pid)!.ticks))
    return { cpuPercent: (sum(ticks) / ticksPerSecond / seconds) * 100, memoryMb: memoryKb(pids) / 1_024 }
  }
}

/** A process and its descendants. */
function family(pid: number, all: ReadonlyMap<number, Sample>): number[] {
  const children = [...all].filter(([, { parent }]) => parent === pid)
  return [pid, ...children.flatMap(([child]) => family(child, all))]
}

/** Private memory is counted for each process; files and shared memory once for the whole family. */
function memoryKb(pids: readonly number[]): number {
  const status = pids.map((pid) => readIfThere(`/proc/${pid}/status`))
  const read = (text: string, field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0)
  const shared = ['RssFile', 'RssShmem'].map((field) => Math.max(...status.map((text) => read(text, field))))
  return sum(status.map((text) => read(text, 'RssAnon'))) + sum(shared)
}

function samples(): Map<number, Sample> {
  const found = new Map<number, Sample>()
  for (const name of processFolders()) {
    const stat = readIfThere(`/proc/${name}/stat`)
    // The name of a program may contain spaces and brackets. Only numbers follow it, after the state: the parent, and as the 12th and 13th fields the times.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields.length > 12) found.set(Number(name), { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) })
  }
  return found
}

function processFolders(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  } catch {
    return []
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
