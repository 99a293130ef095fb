// A job asked for in the transaction of the change that wants it, by 64 callers at once. What was asked for is in the ledger when the transaction is.
import 'reflect-metadata'
import { Databases } from '@kilomega/database'
import { Jobs } from '@kilomega/queue'
import { answerCalls } from '../process/answer-calls.js'
import { Noop } from './noop-module.js'
import { openNoop } from './noop-app.js'

const app = await openNoop()
const [database, jobs] = [app.get(Databases, { strict: false }).of('noop'), app.get(Jobs, { strict: false })]
answerCalls(() => database.write((transaction) => jobs.add(transaction, Noop({ ship: 1 }))))
