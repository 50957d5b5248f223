// The sign-in's own pages, in a real browser.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { Service } from './service.mjs';

const password = 'a horse of a different battery';
const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

let service, browser;
before(async () => {
  service = await Service.start();
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

test('a link leads to a password, and that to a session', async () => {
  const { link } = await service.invite('Mia Berg', 'mia@example.org');
  const page = await browser.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => message.text().includes('Content Security Policy') && errors.push(message.text()));
  const said = async () => {
    await page.waitForFunction(() => document.getElementById('said').textContent.length > 0);
    return page.textContent('#said');
  };

  await page.goto(link);
  await page.fill('#password', password);
  await page.fill('#again', `${password}!`);
  await page.click('button');
  assert.match(await said(), /not the same/);
  await page.fill('#again', password);
  await page.click('button');
  await page.waitForURL('**/sign-in');

  await page.fill('#email', 'mia@example.org');
  await page.fill('#password', 'not the password');
  await page.click('button');
  assert.match(await said(), /wrong/);
  await page.fill('#password', password);
  await page.click('button');
  await page.waitForURL('**/account');
  assert.equal(JSON.parse(await page.textContent('body')).user.email, 'mia@example.org');

  const session = (await page.context().cookies()).find(({ name }) => name === '__Host-byline_session');
  assert.equal(session.httpOnly && session.secure, true);
  assert.equal(session.sameSite, 'Strict');
  assert.deepEqual(errors, []);
});
