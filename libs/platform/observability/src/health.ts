export interface HealthCheck {
  name: string
  /** Without it this process cannot serve its role: readiness fails. Otherwise it is only listed as degraded. */
  required: boolean
  /** Resolves when well, rejects with what is wrong. Asked with a deadline of 1 s. */
  check: () => Promise<void>
}

export interface HealthReport {
  ready: boolean
  checks: { name: string; required: boolean; up: boolean; problem?: string }[]
}

/** What this process depends on, asked when somebody wants to know. */
export abstract class Health {
  abstract register(check: HealthCheck): void
  /** From now on not ready, whatever the checks say: the first step of stopping. */
  abstract drain(): void
  abstract report(): Promise<HealthReport>
}
