import { createRequire } from 'node:module'
import { Injectable } from '@nestjs/common'
import { Components } from './openapi-components.js'
import { operationOf } from './openapi-operation.js'
import { jsonSchema } from './openapi-schema.js'
import { ProblemBody } from './problem.js'
import type { Listener } from './route.js'
import { RouteTable } from './route-table.js'
import { descriptionOf } from './routes.js'

/** All packages have the version of the product. */
const { version } = createRequire(import.meta.url)('../package.json') as { version: string }

export interface OpenApiDocument {
  openapi: string
  paths: Record<string, Record<string, unknown>>
  [part: string]: unknown
}

/** The OpenAPI file, built from the same declarations and schemas that the routes use at run time. */
@Injectable()
export class OpenApi {
  private made: { document: OpenApiDocument; text: string } | undefined

  constructor(private readonly routes: RouteTable) {}

  document(): OpenApiDocument {
    return this.once().document
  }

  /** The document of the internal port, which is not served: for tests. */
  internalDocument(): OpenApiDocument {
    return this.make('internal')
  }

  text(): string {
    return this.once().text
  }

  private once() {
    if (this.made === undefined) {
      const document = this.make('public')
      this.made = { document, text: JSON.stringify(document) }
    }
    return this.made
  }

  private make(listener: Listener): OpenApiDocument {
    const routes = this.routes.routes(listener).filter(({ page }) => page === undefined)
    const paths: OpenApiDocument['paths'] = {}
    const components = new Components()
    components.named(jsonSchema(ProblemBody, 'output'), 'Problem')
    for (const route of routes) {
      const path = route.path.replace(/:([^/]+)/g, '{$1}')
      ;(paths[path] ??= {})[route.method.toLowerCase()] = operationOf(route, components)
    }
    return {
      openapi: '3.1.0',
      info: {
        title: 'Kilomega',
        version,
        description: 'JSON in, JSON out. Errors are `application/problem+json` with a `code`; lists are paged by an opaque `cursor`.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/', description: 'This server' }],
      tags: [...new Set(routes.map(({ tag }) => tag))].sort().map((name) => ({ name, description: descriptionOf(name) })),
      paths,
      components: {
        securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
        schemas: Object.fromEntries(Object.entries(components.schemas).sort(([one], [other]) => (one < other ? -1 : 1))),
      },
    }
  }
}
