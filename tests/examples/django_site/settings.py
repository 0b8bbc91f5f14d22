ALLOWED_HOSTS = ["jobs.example.com"]  # the host of the webhooks' URLs
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["jobs"]
MIDDLEWARE = ["django.middleware.csrf.CsrfViewMiddleware"]
PROXY_SERVICE_SID = "KS" + 32 * "a"
ROOT_URLCONF = "jobs.urls"
SECRET_KEY = "for tests"
# the site is behind a proxy that ends HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
STATIC_URL = "static/"
USE_TZ = True
