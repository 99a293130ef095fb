import type { Implementation } from '@kilomega/messaging'
import type { AnyPort } from '@kilomega/ports'

/** The module of a name, `@kilomega/<name>`. Rejects where there is none. */
export async function moduleNamed(name: string): Promise<Implementation> {
  return ((await import(`@kilomega/${name}`)) as { implementation: Implementation }).implementation
}

/** Every port of the system. From the contracts, of which a library of the platform knows no more than that they are there. */
export async function allPorts(): Promise<AnyPort[]> {
  const contracts = Object.values((await import('@kilomega/contracts' as string)) as Record<string, unknown>)
  return contracts.filter((value): value is AnyPort => typeof value === 'function' && 'portName' in value)
}
