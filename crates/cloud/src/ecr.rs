//! ECR: the registry of an AWS account.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use futures_util::future::BoxFuture;
use model::stack::Stack;
use registry::{Credentials, Endpoint, Login, Secret};

use crate::{
    aws::{Account, Settings, ecr},
    site,
};

/// Signs in to ECR, and again after the twelve hours that this lasts. The password is in memory alone.
pub struct SignIn {
    service: ecr::Ecr,
    /// What told us where the registry is is good for the first sign-in, too.
    first: Mutex<Option<Credentials>>,
}

impl SignIn {
    /// The registry of `account`, and how to sign in to it.
    pub async fn of(account: &Account) -> anyhow::Result<(Endpoint, Arc<dyn Login>)> {
        let service = ecr::Ecr::new(account);
        let login = service.login().await.context("signing in to ECR")?;
        let endpoint = Endpoint::parse(&login.endpoint)?;
        let first = Mutex::new(Some(credentials(login)));
        Ok((endpoint, Arc::new(Self { service, first })))
    }

    /// The registry that the images of `stack` are in, and how to sign in to it. An error where the credentials are of an
    /// account that none of its environments belongs in.
    pub async fn of_project(stack: &Stack) -> anyhow::Result<(Endpoint, Arc<dyn Login>)> {
        let region = site::foundation(stack)?.region.clone();
        let account = Account::load(&Settings { region: Some(region), ..Settings::default() }).await;
        site::check_project(stack, &site::caller(&account).await?)?;
        Self::of(&account).await
    }

    async fn again(&self) -> anyhow::Result<Credentials> {
        Ok(credentials(self.service.login().await.context("signing in to ECR again")?))
    }
}

fn credentials(login: ecr::Login) -> Credentials {
    Credentials::Password { user: login.user, password: Secret::new(login.password) }
}

impl Login for SignIn {
    fn credentials<'a>(&'a self, _: &'a str) -> BoxFuture<'a, anyhow::Result<Credentials>> {
        let first = self.first.lock().unwrap_or_else(PoisonError::into_inner).take();
        Box::pin(async move {
            match first {
                Some(first) => Ok(first),
                None => self.again().await,
            }
        })
    }

    fn at_once(&self) -> bool {
        true
    }
}
