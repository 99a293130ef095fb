import { Global, Module } from '@nestjs/common'
import { Health } from './health.js'
import { HealthBoard } from './health.board.js'
import { LogOutput } from './log-output.js'
import { Metrics } from './metrics.js'
import { ProcessMetrics } from './metrics.process.js'
import { Signals } from './signals.js'
import { standardOutput } from './standard-output.js'
import { LineSignals } from './signals.lines.js'

/** Signals, metrics and health, for everything in the process. */
@Global()
@Module({
  providers: [
    { provide: LogOutput, useValue: standardOutput },
    { provide: Signals, useClass: LineSignals },
    { provide: Metrics, useClass: ProcessMetrics },
    { provide: Health, useClass: HealthBoard },
  ],
  exports: [Signals, Metrics, Health],
})
export class ObservabilityModule {}
