// A product on the platform, started as every process of it: identity answers for the token, through its port, from what it has verified before.
import 'reflect-metadata'
import { IdentityPort } from '@kilomega/contracts'
import { Authenticator, Route, Routes } from '@kilomega/http'
import { bind } from '@kilomega/messaging'
import type { Actor } from '@kilomega/ports'
import { start } from '@kilomega/process'
import { Injectable, Module } from '@nestjs/common'
import { z } from 'zod'

@Routes('Greetings')
class HelloController {
  @Route({ method: 'GET', path: '/v1/hello', access: 'user', summary: 'Greets', answer: z.object({ hello: z.string() }) })
  hello() {
    return { hello: 'world' }
  }
}

/** As the API's own. */
@Injectable()
class IdentityAuthenticator extends Authenticator {
  constructor(private readonly identity: IdentityPort) {
    super()
  }

  async authenticate(token: string): Promise<Actor> {
    return { kind: 'user', ...(await this.identity.authenticate({ token })) }
  }
}

@Module({
  imports: [bind(IdentityPort, () => import('@kilomega/identity'))],
  controllers: [HelloController],
  providers: [{ provide: Authenticator, useClass: IdentityAuthenticator }],
})
class HelloApp {}

void start(HelloApp)
