import { createHttp, installHttp } from '@kilomega/http'
import { EventStream, NatsConfig, NatsLink, NatsStrategy, Relay } from '@kilomega/messaging'
import { LineSignals, LogConfig, NestLog, Signals, standardOutput } from '@kilomega/observability'
import { NestFactory } from '@nestjs/core'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import type { LoadedApp } from './loaded-app.js'
import { ownsStream } from './bindings-report.js'
import { type Replacements, rootModule } from './root-module.js'
import { registerLoaded } from './schemas.js'

/**
 * Creates and initialises the Nest application. Subscribers and jobs are registered first, and nothing is delivered to them before all modules are wired and ready.
 * It does not listen on any network port yet.
 */
export async function openApp(loaded: LoadedApp, replacements?: Replacements): Promise<NestFastifyApplication> {
  await registerLoaded(loaded)
  const app = await NestFactory.create<NestFastifyApplication>(rootModule(loaded, replacements), createHttp(loaded.values), {
    // Used until the application has its own signals.
    logger: new NestLog(new LineSignals(loaded.values.get(LogConfig), standardOutput)),
    abortOnError: false,
    bodyParser: false,
  })
  app.useLogger(new NestLog(app.get(Signals)))
  const isPublic = installHttp(app, loaded.app)
  app.get(NatsLink).watch({ required: !isPublic })
  if (ownsStream(loaded.app)) app.get(EventStream).own()
  if (loaded.values.get(NatsConfig).url.length > 0) app.connectMicroservice({ strategy: app.get(NatsStrategy) })
  await app.init()
  await app.startAllMicroservices()
  app.get(Relay).start()
  return app
}
