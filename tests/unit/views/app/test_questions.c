// SPDX-License-Identifier: Apache-2.0
//
// questions: which one is first where the operator is, whatever comes and goes.

#include "views/app/app_private.h"
#include "views/app/messages.h"
#include "views/app/questions.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct view here, elsewhere;
static struct app_private own;
static struct app app;
static struct question anywhere, of_here, of_elsewhere;
static int asked;

static void on_ask(void *context)
{
    (void)context;
    asked++;
}

static void begin(void)
{
    memset(&own, 0, sizeof own);
    asked = 0;
    app = (struct app){.internals = &own, .messages = messages_new()};
    anywhere = (struct question){.text = "Anywhere?", .ask = on_ask};
    of_here = (struct question){.text = "Here?", .view = &here, .ask = on_ask};
    of_elsewhere = (struct question){.text = "Elsewhere?", .view = &elsewhere, .ask = on_ask};
}

static void end(void)
{
    messages_free(app.messages);
}

TestSuite(questions, .init = begin, .fini = end);

Test(questions, the_first_that_waits_where_the_operator_is)
{
    cr_expect_null(question_first(&app, &here));
    question_add(&app, &of_elsewhere);
    cr_expect_null(question_first(&app, &here));
    question_add(&app, &of_here);
    question_add(&app, &anywhere);
    cr_expect_eq(question_first(&app, &here), &of_here);
    cr_expect_eq(question_first(&app, &elsewhere), &of_elsewhere);
    cr_expect_eq(question_first(&app, NULL), &anywhere);
    cr_expect_eq(messages_count(app.messages), 3u, "each can be read later too");
    question_drop(&app, &of_here);
    cr_expect_eq(question_first(&app, &here), &anywhere);
}

Test(questions, one_that_waits_keeps_its_place_and_one_that_does_not_can_be_dropped)
{
    question_drop(&app, &anywhere);
    question_add(&app, &anywhere);
    question_add(&app, &of_here);
    question_add(&app, &anywhere); // it waits already
    cr_expect_eq(question_first(&app, &here), &anywhere);
    cr_expect_eq(anywhere.next, &of_here);
    cr_expect_null(of_here.next);
    question_drop(&app, &anywhere);
    question_drop(&app, &anywhere);
    cr_expect(!anywhere.waits && of_here.waits);
    question_add(&app, &anywhere); // now behind the other
    cr_expect_eq(question_first(&app, &here), &of_here);
    cr_expect_eq(of_here.next, &anywhere);
}

Test(questions, the_end_leaves_those_of_others_to_them)
{
    question_add(&app, &anywhere);
    question_add(&app, &of_here);
    questions_end(&app);
    cr_expect(anywhere.waits && of_here.waits);
    cr_expect_eq(asked, 0);
}
