import type { Implementation } from '@kilomega/messaging'
import type { AnyPort } from '@kilomega/ports'

/** The module with this name, `@kilomega/<name>`. Rejects if there is none. */
export async function moduleNamed(name: string): Promise<Implementation> {
  return ((await import(`@kilomega/${name}`)) as { implementation: Implementation }).implementation
}

/** Every port of the system. Imported from the contracts by name, because a platform library does not depend on them. */
export async function allPorts(): Promise<AnyPort[]> {
  const contracts = Object.values((await import('@kilomega/contracts' as string)) as Record<string, unknown>)
  return contracts.filter((value): value is AnyPort => typeof value === 'function' && 'portName' in value)
}
