import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { OpenApi } from './openapi.js'
import { Params, Reply } from './parameters.js'
import { Route } from './route.js'
import { Routes } from './routes.js'

const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))

/** Swagger UI sets styles from its script; everything it loads is ours. */
const contentPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'"

const page = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Kilomega API</title><link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><div id="docs"></div><script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body>
</html>
`
const startScript = "SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', deepLinking: true })\n"

const assetTypes = { 'swagger-ui.css': 'text/css', 'swagger-ui-bundle.js': 'text/javascript', 'start.js': 'text/javascript' } as const
const AssetParams = z.object({ asset: z.enum(['swagger-ui.css', 'swagger-ui-bundle.js', 'start.js']) })
const JsonObject = z.record(z.string(), z.unknown())

/** 1.7 MB together, read once: a file opened for each request would be a handle for each client that does not read. */
const assets = new Map<string, Promise<Buffer>>()

function assetBytes(name: string): Promise<Buffer> {
  const known = assets.get(name)
  if (known !== undefined) return known
  const bytes = readFile(join(folder, name))
  assets.set(name, bytes)
  bytes.catch(() => assets.delete(name))
  return bytes
}

/** The OpenAPI file, and a page to read it by. */
@Routes('This description')
export class DocsController {
  constructor(private readonly openApi: OpenApi) {}

  @Route({
    method: 'GET',
    path: '/openapi.json',
    access: 'anyone',
    summary: 'This description of the API',
    answer: JsonObject,
    cacheControl: 'no-cache',
  })
  description(): string {
    return this.openApi.text()
  }

  @Route({ method: 'GET', path: '/docs', access: 'anyone', summary: 'The documentation as a page', contentType: 'text/html; charset=utf-8' })
  docs(@Reply() reply: FastifyReply): string {
    reply.header('content-security-policy', contentPolicy)
    return page
  }

  @Route({
    method: 'GET',
    path: '/docs/:asset',
    access: 'anyone',
    summary: 'What the page is made of',
    params: AssetParams,
    contentType: 'text/css, text/javascript',
    cacheControl: 'public, max-age=3600',
  })
  asset(@Params() { asset }: z.infer<typeof AssetParams>, @Reply() reply: FastifyReply) {
    reply.header('content-type', `${assetTypes[asset]}; charset=utf-8`)
    return asset === 'start.js' ? startScript : assetBytes(asset)
  }
}
