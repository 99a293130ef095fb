import { ConfigValues, loadConfig, MemorySecretStore } from '@kilomega/config'
import { LogConfig, LogOutput, ObservabilityModule } from '@kilomega/observability'
import { type Actor, currentCall, portErrors } from '@kilomega/ports'
import { Get, Global, Module, type Type } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { PagesController } from './pages.controller.js'
import { Authenticator, Body, createHttp, HttpConfig, HttpModule, installHttp, Params, Query, Request, Route, Routes } from '../src/index.js'

const Note = z.object({
  title: z.string().min(1),
  tags: z.array(z.object({ name: z.string() })).optional(),
  extra: z.record(z.string(), z.unknown()).optional(),
})
const NoteQuery = z.object({ limit: z.int().max(100).optional(), mine: z.boolean().optional(), facets: z.array(z.enum(['a', 'b'])).optional() })
const NoteParams = z.object({ id: z.string().regex(/^\d+$/) })

/** The gate that slow answers wait for, and the signals of the waiting calls. */
export const gate = { opened: Promise.resolve(), signals: [] as AbortSignal[] }

@Routes('Notes, for tests')
export class NotesController {
  @Route({ method: 'GET', path: '/v1/notes', access: 'anyone', summary: 'Lists', query: NoteQuery, answer: NoteQuery })
  list(@Query() query: z.infer<typeof NoteQuery>) {
    return query
  }

  @Route({
    method: 'GET',
    path: '/v1/kept',
    access: 'anyone',
    summary: 'May be kept',
    cacheControl: 'max-age=60',
    answer: z.object({ ok: z.boolean() }),
  })
  kept() {
    return { ok: true }
  }

  @Route({ method: 'POST', path: '/v1/notes', access: 'user', summary: 'Writes', body: Note, status: 201, answer: Note })
  write(@Body() note: z.infer<typeof Note>) {
    return note
  }

  @Route({ method: 'GET', path: '/v1/notes/:id', access: 'anyone', summary: 'Reads', params: NoteParams, answer: z.object({ id: z.string() }) })
  read(@Params() { id }: z.infer<typeof NoteParams>) {
    return `{"id":"${id}"}`
  }

  @Route({ method: 'DELETE', path: '/v1/notes/:id', access: 'admin', summary: 'Removes', params: NoteParams, conditional: true, status: 204 })
  remove(): void {
    return
  }

  @Route({ method: 'GET', path: '/v1/call', access: 'anyone', summary: 'Who asks', answer: z.record(z.string(), z.unknown()) })
  async call() {
    gate.signals.push(currentCall().signal)
    await gate.opened
    const { actor, trace, key } = currentCall()
    return { actor, trace, key: key ?? null, limited: currentCall().timeLeftMs() < 60_000 }
  }

  @Route({ method: 'GET', path: '/v1/fault', access: 'anyone', summary: 'Fails', answer: z.null() })
  fault() {
    throw new Error('select secret from host')
  }

  @Route({ method: 'POST', path: '/v1/sessions', access: 'anyone', summary: 'Counts', limit: 'credentials', status: 204 })
  session(): void {
    return
  }

  @Route({ method: 'GET', path: '/inside', access: 'anyone', summary: 'Inside', listeners: ['internal'], answer: z.object({ ok: z.boolean() }) })
  inside() {
    return { ok: true }
  }

  @Route({ method: 'POST', path: '/v1/files', access: 'user', summary: 'Takes a file', upload: true, status: 204 })
  async file(@Request() request: FastifyRequest): Promise<void> {
    for await (const part of request.parts()) if (part.type === 'file') for await (const _bytes of part.file);
  }

  @Get('/v1/undeclared')
  undeclared() {
    return 'open'
  }
}

class NamesAreTokens extends Authenticator {
  async authenticate(token: string): Promise<Actor> {
    if (token !== 'user' && token !== 'admin') throw portErrors.UNAUTHENTICATED()
    return { kind: 'user', id: token, role: token, sessionId: 's' }
  }
}

export interface OpenedApp {
  app: NestFastifyApplication
  lines: string[]
}

/** A small application over the real edge: no port listens until a test opens one. */
export async function openSmallApp(
  settings: Record<string, string> = {},
  controllers: Type[] = [NotesController, PagesController],
): Promise<OpenedApp> {
  @Module({ controllers })
  class SmallApp {}
  const lines: string[] = []
  const environment = { HTTP_PORT: '0', HTTP_INTERNAL_PORT: '0', HTTP_HOST: '127.0.0.1', LOG_FORMAT: 'json', ...settings }
  const values = loadConfig([HttpConfig, LogConfig], environment, new MemorySecretStore())
  const app = await NestFactory.create<NestFastifyApplication>(rootOf(values, SmallApp), createHttp(values), {
    logger: false,
    abortOnError: false,
    bodyParser: false,
  })
  const output = app.get<LogOutput>(LogOutput, { strict: false })
  Object.assign(output, { write: (line: string) => void lines.push(line), beforeWriting: (make: () => void) => make() })
  installHttp(app, SmallApp)
  await app.init()
  return { app, lines }
}

function rootOf(values: ConfigValues, SmallApp: Type) {
  const settings = [HttpConfig, LogConfig].map((slice) => ({ provide: slice, useValue: values.get(slice as typeof HttpConfig) as object }))
  @Global()
  @Module({ providers: [...settings, { provide: Authenticator, useClass: NamesAreTokens }], exports: [HttpConfig, LogConfig] })
  class Settings {}
  @Module({ imports: [Settings, ObservabilityModule, HttpModule, SmallApp] })
  class Root {}
  return Root
}
