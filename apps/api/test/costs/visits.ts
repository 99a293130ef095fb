import type { Answer, TestRequest } from '../open-api.js'
import type { SeededApi } from './seeded-api.js'

/** One request of a route, which has to succeed. */
export interface Visit {
  /** `GET /v1/posts/:id` */
  route: string
  ask: (world: SeededApi) => Promise<Answer>
}

/** A request whose parameters are known only when it is sent. */
type Made = Partial<TestRequest> | ((world: SeededApi) => Partial<TestRequest> | Promise<Partial<TestRequest>>)

const visit =
  (send: (world: SeededApi, request: TestRequest) => Promise<Answer>) =>
  (route: string, made: Made = {}): Visit => {
    const [method, path] = route.split(' ') as [string, string]
    const ask = async (world: SeededApi) => send(world, { method, path, ...(typeof made === 'function' ? await made(world) : made) })
    return { route, ask }
  }

/** By anyone, on the public port. */
export const byAnyone = visit((world, request) => world.ask(request))
/** By Ada, unless the request names another token. */
export const byAda = visit((world, request) => world.ask({ token: world.ada, ...request }))
/** By the operator, on the internal port. */
export const byOperator = visit((world, request) => world.inside(request))
