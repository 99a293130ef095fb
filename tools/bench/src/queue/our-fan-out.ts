// 10,000 jobs of one change, requested in one transaction.
import 'reflect-metadata'
import { Databases } from '@kilomega/database'
import { Jobs } from '@kilomega/queue'
import { answerMeasures } from '../process/answer-measures.js'
import { fanOut, measureFanOut } from './measure-fan-out.js'
import { Noop } from './noop-module.js'
import { openNoop } from './noop-app.js'

const app = await openNoop()
const [database, jobs] = [app.get(Databases, { strict: false }).of('noop'), app.get(Jobs, { strict: false })]
answerMeasures(() =>
  measureFanOut(() => database.write((transaction) => jobs.add(transaction, ...Array.from({ length: fanOut }, () => Noop({ ship: 1 }))))),
)
