// The peer: pg-boss, with jobs sent by 64 concurrent callers.
import { PgBoss } from 'pg-boss'
import { processEnvironment } from '@kilomega/config'
import { answerCalls } from '../process/answer-calls.js'

const boss = new PgBoss({ connectionString: processEnvironment()['DATABASE_URL']!, schema: 'boss', max: 10 })
boss.on('error', () => undefined)
await boss.start()
await boss.createQueue('noop')
answerCalls(() => boss.send('noop', { ship: 1 }))
