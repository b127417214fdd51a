"""Documents as files: PDF and pictures to pages, words and boxes, in a child process with limits."""
