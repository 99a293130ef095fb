import { Global, Module } from '@nestjs/common'
import { Health } from './health.js'
import { HealthBoard } from './health.board.js'
import { LogOutput } from './log-output.js'
import { Metrics } from './metrics.js'
import { ProcessMetrics } from './metrics.process.js'
import { Signals } from './signals.js'
import { StopBudget } from './stop-budget.js'
import { standardOutput } from './standard-output.js'
import { LineSignals } from './signals.lines.js'

/** Signals, metrics, health and the stop budget, for the whole process. */
@Global()
@Module({
  providers: [
    { provide: LogOutput, useValue: standardOutput },
    { provide: Signals, useClass: LineSignals },
    { provide: Metrics, useClass: ProcessMetrics },
    { provide: Health, useClass: HealthBoard },
    StopBudget,
  ],
  exports: [Signals, Metrics, Health, StopBudget],
})
export class ObservabilityModule {}
