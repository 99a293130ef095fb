import { LocalModules } from '@kilomega/messaging'
import { CurrentCall, originOf, runCall, system } from '@kilomega/ports'
import { handlersOf } from '@kilomega/queue'
import type { OpenedApi } from '../open-api.js'

type Worker = Record<string, (payload: object, run: object) => Promise<void>>

/** Runs each scheduled job of every module once, now. */
export async function runSchedules(api: OpenedApi): Promise<void> {
  for (const worker of api.instance(LocalModules).implementations.flatMap(({ jobs }) => jobs)) {
    for (const { job, method, everyMs } of handlersOf(worker)) {
      if (everyMs === undefined) continue
      const call = new CurrentCall({ actor: system, trace: { requestId: 'schedules' }, origin: originOf('job ' + job.jobName) })
      await runCall(call, () => api.instance<Worker>(worker)[method]!({}, { id: 'once', attempt: 1, lastAttempt: true }))
    }
  }
}
