export interface HealthCheck {
  name: string
  /** If true, this process cannot serve its role without it: readiness fails. Otherwise it is only listed as degraded. */
  required: boolean
  /** Resolves if healthy, rejects with what is wrong. Must answer within 1 s. */
  check: () => Promise<void>
}

export interface HealthReport {
  ready: boolean
  checks: { name: string; required: boolean; up: boolean; problem?: string }[]
}

/** The health of this process and of what it depends on, checked on request. */
export abstract class Health {
  abstract register(check: HealthCheck): void
  /** Not ready from now on, whatever the checks say: the first step of stopping. */
  abstract drain(): void
  abstract report(): Promise<HealthReport>
}
