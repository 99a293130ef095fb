import { Failure } from '../failure.js'
import { type Application, type Profile, services } from './profile.js'

/** One process to run. */
export interface PlannedProcess {
  name: string
  app: Application
  publicPort?: number
  internalPort: number
  environment: Record<string, string>
}

export interface PlanOptions {
  /** The number of instances of each service; the profile's by default. */
  instances?: number | undefined
  /** The first port of the shape; all other ports keep their distance from it. */
  portBase?: number | undefined
}

const lastPort = 65_535

/** Every process of a shape with its ports. First instances use the ports of the profile, so that these never change; further instances get the next free ones. */
export function planOf({ tier, processes }: Profile, { instances, portBase }: PlanOptions): PlannedProcess[] {
  if (instances !== undefined && !processes.some(({ app }) => isService(app)))
    throw new Failure(`--instances is for services in processes of their own, and the tier ${tier} has none`)
  const taken = processes.flatMap(({ ports }) => Object.values(ports))
  const shift = portBase === undefined ? 0 : portBase - Math.min(...taken)
  let next = Math.max(...taken) + 1
  const first = processes.map(({ name, app, environment, ports }) => ({
    ...{ name, app, environment, internalPort: ports.internal + shift },
    ...(ports.public !== undefined && { publicPort: ports.public + shift }),
  }))
  const further = processes.flatMap(({ name, app, environment, instances: usual }) => {
    const count = isService(app) ? (instances ?? usual) : usual
    return Array.from({ length: count - 1 }, (_, index) => ({ name: `${name}-${index + 2}`, app, environment, internalPort: next++ + shift }))
  })
  const planned = [...first, ...further]
  const beyond = planned.find(({ internalPort }) => internalPort > lastPort)
  if (beyond !== undefined) throw new Failure(`--port-base ${portBase}: ${beyond.name} would get the port ${beyond.internalPort}; start lower`)
  return planned
}

const isService = (app: Application): boolean => (services as readonly string[]).includes(app)
