import { join } from 'node:path'
import type { OpenCase } from '../bench.js'
import { callCase } from '../load/call-case.js'
import { CaseProcess } from '../process/case-process.js'
import type { NatsServer } from './nats-server.js'

interface Pair {
  /** The process under test. */
  call: string
  answer: string
  environment?: Record<string, string>
}

/** Two processes and a broker between them. Calls take long enough for the clock to be read after each one. */
export async function natsCase({ url }: NatsServer, { call, answer, environment = {} }: Pair): Promise<OpenCase> {
  const settings = { BENCH_NATS_URL: url, BENCH_SUBJECT: `echo.${call}`, ...environment }
  const program = (name: string) => ({ script: join(import.meta.dirname, `${name}.js`), environment: settings })
  const answering = await CaseProcess.start({ ...program(answer), core: 'load' })
  const calling = await callCase(program(call), { callers: 64, batch: 1 })
  return {
    measure: (durationMs) => calling.measure(durationMs),
    close: async () => {
      await calling.close()
      await answering.stop()
    },
  }
}
