import { Global, Module } from '@nestjs/common'
import { Health } from './health.js'
import { HealthBoard } from './health.board.js'
import { Metrics } from './metrics.js'
import { ProcessMetrics } from './metrics.process.js'
import { Signals } from './signals.js'
import { standardOutput } from './standard-output.js'
import { LogOutput, PinoSignals } from './signals.pino.js'

/** Signals, metrics and health, for everything in the process. */
@Global()
@Module({
  providers: [
    { provide: LogOutput, useValue: standardOutput },
    { provide: Signals, useClass: PinoSignals },
    { provide: Metrics, useClass: ProcessMetrics },
    { provide: Health, useClass: HealthBoard },
  ],
  exports: [Signals, Metrics, Health],
})
export class ObservabilityModule {}
