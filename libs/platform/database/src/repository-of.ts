import type { EntityManager, EntityTarget, ObjectLiteral, Repository } from 'typeorm'
import { unwrapped } from './entity-source.js'

/**
 * A repository that asks, each time it is used, which manager to use: that of the read or write in progress, else the one that takes a connection for
 * itself.
 */
export function repositoryOf<T extends ObjectLiteral>(entity: EntityTarget<T>, manager: () => EntityManager): Repository<T> {
  return new Proxy(manager().getRepository(entity), {
    get(_, name) {
      const repository = manager().getRepository(entity)
      const value: unknown = Reflect.get(repository, name, repository)
      return typeof value === 'function' ? withPlainErrors(value.bind(repository) as Method) : value
    },
  })
}

type Method = (...parameters: unknown[]) => unknown

const withPlainErrors =
  (method: Method): Method =>
  (...parameters) => {
    const result = method(...parameters)
    return result instanceof Promise ? result.catch((error: unknown) => Promise.reject(unwrapped(error))) : result
  }
