import { Controller, Get } from '@nestjs/common'

/** The route of the plain Nest cases and of the usual chain. */
@Controller()
export class HelloController {
  @Get('/v1/hello')
  hello() {
    return { hello: 'world' }
  }
}
