"""Hold: dated occasions at a site for many people, from the plan to the closed sheet."""
