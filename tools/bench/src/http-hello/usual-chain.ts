// What a Nest team usually builds for the same features, on Fastify: a guard that verifies the token, interceptors for context, metrics and log.
import 'reflect-metadata'
import { Module } from '@nestjs/common'
import { APP_GUARD, APP_INTERCEPTOR, NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { randomUUID } from 'node:crypto'
import { reportReady } from '../process/report-ready.js'
import { HelloController } from './hello.controller.js'
import { TokenGuard } from './usual-guard.js'
import { ContextInterceptor, LogInterceptor, MetricsInterceptor } from './usual-interceptors.js'

@Module({
  controllers: [HelloController],
  providers: [
    { provide: APP_GUARD, useClass: TokenGuard },
    { provide: APP_INTERCEPTOR, useClass: ContextInterceptor },
    { provide: APP_INTERCEPTOR, useClass: MetricsInterceptor },
    { provide: APP_INTERCEPTOR, useClass: LogInterceptor },
  ],
})
class App {}

const adapter = new FastifyAdapter({ genReqId: () => randomUUID() })
const app = await NestFactory.create<NestFastifyApplication>(App, adapter, { logger: false })
await app.listen(0, '127.0.0.1')
reportReady({ public: await app.getUrl() })
