import { readdir, readFile } from 'node:fs/promises'
import { eventually } from '@kilomega/testing'

export interface Weight {
  handles: number
  rssMb: number
}

/** The current memory and handles of a process, from Linux. */
export async function weightOf(pid: number): Promise<Weight> {
  const [handles, status] = await Promise.all([readdir(`/proc/${pid}/fd`), readFile(`/proc/${pid}/status`, 'utf8')])
  return { handles: handles.length, rssMb: Number(/^VmRSS:\s+(\d+)/m.exec(status)![1]) / 1_024 }
}

/** The highest values of a process until `isOver`. */
export async function peakUntil(pid: number, isOver: () => boolean, deadlineMs: number): Promise<Weight> {
  const peak = { handles: 0, rssMb: 0 }
  await eventually(async () => {
    const { handles, rssMb } = await weightOf(pid)
    peak.handles = Math.max(peak.handles, handles)
    peak.rssMb = Math.max(peak.rssMb, rssMb)
    return isOver()
  }, deadlineMs)
  return peak
}
