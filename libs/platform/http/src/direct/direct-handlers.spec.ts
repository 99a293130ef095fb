import {
  type CallHandler,
  type CanActivate,
  Controller,
  type ExecutionContext,
  ForbiddenException,
  Header,
  HttpCode,
  Ip,
  Module,
  type NestInterceptor,
  Param,
  ParseIntPipe,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { map, type Observable } from 'rxjs'
import { z } from 'zod'
import { Params, Query, Reply, Request } from '../parameters.js'
import { Route } from '../route.js'
import { callDirectly } from './direct-handlers.js'

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

@Module({ controllers: [PlainController, EnhancedController, ClosedController, FirstController, SecondController] })
class App {}

/** `direct` are the paths that Nest does not see: an interceptor of all would make each of them loud. */
async function open(global?: NestInterceptor): Promise<{ app: NestFastifyApplication; direct: string[] }> {
  const app = await NestFactory.create<NestFastifyApplication>(App, new FastifyAdapter(), { logger: false })
  if (global !== undefined) app.useGlobalInterceptors(global)
  const handlers = new Map<string, unknown>()
  const fastify = app.getHttpAdapter().getInstance()
  fastify.addHook('onRoute', ({ url, handler }) => void handlers.set(url, handler))
  callDirectly(app, fastify as never)
  const direct: string[] = []
  fastify.addHook('onRoute', ({ url, handler }) => void (handlers.get(url) !== handler && !direct.includes(url) && direct.push(url)))
  await app.init()
  return { app, direct }
}

describe('a declared route', () => {
  let opened: Awaited<ReturnType<typeof open>>
  beforeAll(async () => (opened = await open()))
  afterAll(() => opened.app.close())
  const get = (url: string) => opened.app.inject({ method: 'GET', url })

  it('is called directly where Nest has nothing to add, and only there', () => {
    expect(opened.direct).toEqual(['/plain/:id', '/later', '/nothing', '/nothing-later', '/throws', '/rejects', '/status'])
  })

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
  const { app, direct } = await open(new Loud())
  const { body } = await app.inject({ method: 'GET', url: '/later' })
  expect([direct, body]).toEqual([[], 'later!'])
  await app.close()
})
