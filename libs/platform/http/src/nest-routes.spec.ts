import {
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  Controller,
  type ExecutionContext,
  type ExceptionFilter,
  ForbiddenException,
  Header,
  HttpCode,
  Ip,
  Module,
  type NestInterceptor,
  Param,
  ParseIntPipe,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { map, type Observable } from 'rxjs'
import { z } from 'zod'
import { Params, Query, Reply, Request } from './parameters.js'
import { Route } from './route.js'
import { HttpAdapter } from './http-adapter.js'

const greets = (path: `/${string}`) => ({ method: 'GET', path, access: 'anyone', summary: 'Greets', answer: z.unknown() }) as const

class Nobody implements CanActivate {
  canActivate(): boolean {
    throw new ForbiddenException()
  }
}

class Loud implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((answer: unknown) => `${String(answer)}!`))
  }
}

class Teapot implements ExceptionFilter {
  catch(_error: unknown, host: ArgumentsHost): void {
    void host.switchToHttp().getResponse<FastifyReply>().status(418).send('teapot')
  }
}

interface WithHeader {
  header: (name: string, value: string) => void
}

@Controller()
class PlainController {
  private readonly word = 'hello'

  @Route({ ...greets('/plain/:id'), status: 202 })
  plain(@Query() query: object, @Params() params: object, @Reply() reply: WithHeader, @Request() { url }: { url: string }) {
    reply.header('x-word', this.word)
    return { query, params, url }
  }

  @Route(greets('/later'))
  async later() {
    return 'later'
  }

  @Route({ ...greets('/nothing'), status: 204 })
  nothing(): void {
    return
  }

  @Route({ ...greets('/nothing-later'), status: 204 })
  async nothingLater(): Promise<void> {
    return
  }

  @Route(greets('/throws'))
  throws() {
    throw new ForbiddenException()
  }

  @Route(greets('/rejects'))
  async rejects() {
    throw new ForbiddenException()
  }
}

@Controller()
class EnhancedController {
  @Route(greets('/guarded'))
  @UseGuards(Nobody)
  guarded() {
    return 'in'
  }

  @Route(greets('/loud'))
  @UseInterceptors(Loud)
  loud() {
    return 'loud'
  }

  @Route(greets('/piped/:id'))
  piped(@Param('id', ParseIntPipe) id: number) {
    return typeof id
  }

  @Route(greets('/headed'))
  @Header('x-word', 'hi')
  headed() {
    return 'headed'
  }

  @Route(greets('/address'))
  address(@Ip() ip: string) {
    return ip
  }

  @Route(greets('/filtered'))
  @UseFilters(Teapot)
  filtered() {
    throw new ForbiddenException()
  }

  @HttpCode(203)
  @Route(greets('/status'))
  status() {
    return 'status'
  }
}

@Controller()
@UseGuards(Nobody)
class ClosedController {
  @Route(greets('/closed'))
  closed() {
    return 'in'
  }
}

class Inherited {
  @Route(greets('/inherited'))
  who() {
    return this.constructor.name
  }
}

@Controller('/a')
class FirstController extends Inherited {}
@Controller('/b')
class SecondController extends Inherited {}

const form = { ...greets('/forms'), upload: true } as const

@Controller()
class FormsController {
  @Route({ ...form, method: 'POST' })
  @UseInterceptors(Loud)
  post(@Request() request: FastifyRequest) {
    return this.read(request)
  }

  @Route({ ...form, method: 'PUT' })
  @UseInterceptors(Loud)
  put(@Request() request: FastifyRequest) {
    return this.read(request)
  }

  @Route({ ...form, method: 'PATCH' })
  @UseInterceptors(Loud)
  patch(@Request() request: FastifyRequest) {
    return this.read(request)
  }

  @Route({ ...greets('/no-forms'), method: 'POST', status: 200 })
  none(@Request() request: FastifyRequest) {
    return typeof request.parts
  }

  private async read(request: FastifyRequest) {
    const file = await request.file()
    return `${file!.fieldname}: ${String(await file!.toBuffer())}`
  }
}

@Module({ controllers: [FormsController, PlainController, EnhancedController, ClosedController, FirstController, SecondController] })
class App {}

async function open(global?: NestInterceptor): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(App, new HttpAdapter(), { logger: false })
  if (global !== undefined) app.useGlobalInterceptors(global)
  await app.init()
  await app.getHttpAdapter().getInstance().ready()
  return app
}

describe('a declared route', () => {
  let app: NestFastifyApplication
  beforeAll(async () => (app = await open()))
  afterAll(() => app.close())
  const get = (url: string) => app.inject({ method: 'GET', url })

  it('gets its parameters in their places, and keeps its status and its headers', async () => {
    const answer = await get('/plain/7?a=b')
    expect([answer.statusCode, answer.headers['x-word'], answer.json()]).toEqual([
      202,
      'hello',
      { query: { a: 'b' }, params: { id: '7' }, url: '/plain/7?a=b' },
    ])
  })

  it.each([
    ['/later', 200, 'later'],
    ['/nothing', 204, ''],
    ['/nothing-later', 204, ''],
    ['/status', 203, 'status'],
    ['/loud', 200, 'loud!'],
    ['/piped/7', 200, 'number'],
    ['/headed', 200, 'headed'],
    ['/filtered', 418, 'teapot'],
    ['/address', 200, '127.0.0.1'],
    ['/a/inherited', 200, 'FirstController'],
    ['/b/inherited', 200, 'SecondController'],
  ])('%s answers %i %s', async (url, status, text) => {
    const answer = await get(url)
    expect([answer.statusCode, answer.body]).toEqual([status, text])
  })

  it.each(['/guarded', '/closed', '/throws', '/rejects'])('%s is refused by the filters of Nest', async (url) => {
    const answer = await get(url)
    expect([answer.statusCode, answer.json()]).toEqual([403, { message: 'Forbidden', statusCode: 403 }])
  })
})

it('an interceptor of the whole application sees every route', async () => {
  const app = await open(new Loud())
  const { body } = await app.inject({ method: 'GET', url: '/later' })
  expect(body).toBe('later!')
  await app.close()
})

describe('a form', () => {
  let app: NestFastifyApplication
  beforeAll(async () => (app = await open()))
  afterAll(() => app.close())

  const send = async (method: 'POST' | 'PUT' | 'PATCH', url: string) => {
    const form = new FormData()
    form.set('file', new Blob(['bytes']), 'a.txt')
    const request = new globalThis.Request('http://localhost/', { method, body: form })
    const payload = Buffer.from(await request.arrayBuffer())
    return app.inject({ method, url, payload, headers: { 'content-type': request.headers.get('content-type')! } })
  }

  it.each(['POST', 'PUT', 'PATCH'] as const)('is read by %s routes that declare it, behind guards and interceptors of Nest', async (method) => {
    const answer = await send(method, '/forms')
    expect([answer.statusCode, answer.body]).toEqual([200, 'file: bytes!'])
  })

  it('is not read by other routes, which pay nothing for it', async () => {
    expect((await send('POST', '/no-forms')).statusCode).toBe(415)
    expect((await app.inject({ method: 'POST', url: '/no-forms' })).body).toBe('undefined')
  })
})
