import { awaitServer, DatabaseConfig } from '@kilomega/database'
import { LogConfig, LineSignals, standardOutput } from '@kilomega/observability'
import type { LoadedApp } from './loaded-app.js'

/** Waits for a database that starts later than this process, and logs that. Uses its own signals, because there is no application yet. */
export async function awaitDatabase({ values }: LoadedApp): Promise<void> {
  const { url, startWaitMs } = values.get(DatabaseConfig)
  const signals = new LineSignals(values.get(LogConfig), standardOutput)
  await awaitServer(url, startWaitMs, (reason) => signals.emit('database.not-there-yet', { startWaitMs, reason }))
}
