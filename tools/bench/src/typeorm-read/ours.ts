// The same call by an injected repository, from within a query: limits, deadline, statistics, prepared statements, and a replica that is fresh enough.
import 'reflect-metadata'
import { loadConfig, processEnvironment } from '@kilomega/config'
import { DatabaseConfig, Databases } from '@kilomega/database'
import { ProcessMetrics, Signals } from '@kilomega/observability'
import { anonymous, CurrentCall, runCall } from '@kilomega/ports'
import { answerCalls } from '../process/answer-calls.js'
import { findNote, Note } from './note.entity.js'

class NoSignals extends Signals {
  emit(): void {}
}

const { DATABASE_URL, DATABASE_REPLICAS } = processEnvironment()
const settings = { DATABASE_URL, ...(DATABASE_REPLICAS !== undefined && { DATABASE_REPLICAS }) }
const config = loadConfig([DatabaseConfig], settings).get(DatabaseConfig)
const databases = new Databases({ config, entities: [Note], signals: new NoSignals(), metrics: new ProcessMetrics() })
const notes = databases.of('bench').repository(Note)
await databases.open()
const find = findNote(notes)
const query = () => new CurrentCall({ actor: anonymous, trace: { requestId: 'bench' }, deadlineMs: performance.now() + 1_000, reads: 'own writes' })
answerCalls(() => runCall(query(), find))
