// A product on the platform, started like all of its processes: identity vouches for the token, through its port, from tokens it has already verified.
import 'reflect-metadata'
import { IdentityPort } from '@kilomega/contracts'
import { Authenticator, Route, Routes } from '@kilomega/http'
import { bind } from '@kilomega/messaging'
import { start } from '@kilomega/process'
import { Module, type Type } from '@nestjs/common'
import { z } from 'zod'

@Routes('Greetings')
class HelloController {
  @Route({ method: 'GET', path: '/v1/hello', access: 'user', summary: 'Greets', answer: z.object({ hello: z.string() }) })
  hello() {
    return { hello: 'world' }
  }
}

const authenticator = new URL('../../../../apps/api/dist/http/identity-authenticator.js', import.meta.url).href
/** The API's own module. */
const { IdentityAuthenticator } = (await import(authenticator)) as { IdentityAuthenticator: Type<Authenticator> }

@Module({
  imports: [bind(IdentityPort, () => import('@kilomega/identity'))],
  controllers: [HelloController],
  providers: [{ provide: Authenticator, useClass: IdentityAuthenticator }],
})
class HelloApp {}

void start(HelloApp)
