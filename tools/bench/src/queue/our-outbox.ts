// A job requested in the transaction of its change, by 64 concurrent callers. A request is in the ledger as soon as the transaction is committed.
import 'reflect-metadata'
import { Databases } from '@kilomega/database'
import { Jobs } from '@kilomega/queue'
import { answerCalls } from '../process/answer-calls.js'
import { Noop } from './noop-module.js'
import { openNoop } from './noop-app.js'

const app = await openNoop()
const [database, jobs] = [app.get(Databases, { strict: false }).of('noop'), app.get(Jobs, { strict: false })]
answerCalls(() => database.write((transaction) => jobs.add(transaction, Noop({ ship: 1 }))))
